"""Everything durable. SQLModel lives only here."""

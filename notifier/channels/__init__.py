"""Ways to reach one person. aiosmtplib lives only here."""

"""The redline in the forms in which people and programs take it: one module a form."""

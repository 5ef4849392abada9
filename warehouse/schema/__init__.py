"""What is in the database: tables, fields, SQL files and their comments, and how a database gets there."""

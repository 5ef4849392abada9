"""What a source or an analysis imports: how it is declared, what it yields and is given, and its limits."""

"""Pure numerics shared by the analyses: arrays in, arrays out, no database."""

"""Write a planted community as exported archives: one module per platform's form of export."""

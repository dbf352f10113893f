"""What a customer has a right to: products, orders, products owned and their warranty."""

"""The invented company Henuan Appliances: people, products, orders, and what is said between them."""

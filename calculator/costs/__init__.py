"""What each route costs: monthly cash flows in named lines."""

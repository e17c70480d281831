"""What looks ahead: prices fitted to expected demand, the forecasts they rest on, and the bound of who knew it all."""

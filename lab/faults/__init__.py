"""What happens to the data when something fails: killed servers, and old versions."""

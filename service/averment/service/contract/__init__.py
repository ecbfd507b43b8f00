"""What the HTTP interface promises: shapes of bodies, what every route answers with, and OpenAPI made from both."""

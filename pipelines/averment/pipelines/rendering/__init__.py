"""Pictures of pages with quotations marked."""

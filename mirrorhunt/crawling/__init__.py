"""What Scrapy runs that is neither spider nor pipeline."""

"""Packets: crafted, sent, captured, found again by their marks and put together as traces."""

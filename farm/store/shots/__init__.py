"""What people hand in and decide: lists, reviews, holds, priorities, archives."""

"""通知通道: the administrator's pages of robots, SMS and webhooks, quiet hours, escalation; and the link of a message."""

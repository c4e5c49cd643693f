window.YTD.direct_messages.part0 = [
 {"dmConversation": {"conversationId": "1001-1002", "messages": [{"messageCreate": {"senderId": "1002"}}, {"messageCreate": []}, "x", {"messageCreate": {"senderId": "1077", "id": "61", "text": "intrus", "createdAt": "2022-12-06T08:05:00.000Z", "mediaUrls": [], "urls": [], "reactions": [], "recipientId": "1001"}}, {"messageCreate": {"senderId": "1002", "id": "62", "text": "bon", "createdAt": "2022-12-06T08:05:00.000Z", "mediaUrls": [], "urls": [], "reactions": [], "recipientId": "1001"}}]}}
]

window.YTD.direct_messages.part0 = [
 { "dmConversation" : { "conversationId" : "1001-1002", "messages" : [
   { "messageCreate" : { "recipientId" : "1001", "senderId" : "1002", "id" : "m2", "text" : "merci d’avoir écouté", "createdAt" : "2022-12-06T08:05:00.000Z", "mediaUrls" : [ ], "urls" : [ ], "reactions" : [ { "senderId" : "1001", "reactionKey" : "heart", "eventId" : "e1", "createdAt" : "2022-12-06T08:06:00.000Z" } ] } },
   { "messageCreate" : { "recipientId" : "1002", "senderId" : "1001", "id" : "m1", "text" : "je suis là &amp; j’écoute", "createdAt" : "2022-12-06T08:00:00.000Z", "mediaUrls" : [ ], "urls" : [ ], "reactions" : [ ] } } ] } },
 { "dmConversation" : { "conversationId" : "1001-1002", "messages" : [
   { "messageCreate" : { "recipientId" : "1001", "senderId" : "1002", "id" : "m2", "text" : "merci d’avoir écouté", "createdAt" : "2022-12-06T08:05:00.000Z", "mediaUrls" : [ ], "urls" : [ ], "reactions" : [ ] } } ] } } ]

window.YTD.direct_messages_group.part0 = [ { "dmConversation" : { "conversationId" : "9000001", "messages" : [
 { "messageCreate" : { "senderId" : "1003", "id" : "g1", "text" : "point à trois ?", "createdAt" : "2022-12-07T09:01:00.000Z", "mediaUrls" : [ ], "urls" : [ ], "reactions" : [ ] } },
 { "conversationNameUpdate" : { "initiatingUserId" : "1003", "name" : "twinome", "createdAt" : "2022-12-07T09:00:30.000Z" } },
 { "joinConversation" : { "initiatingUserId" : "1003", "participantsSnapshot" : [ "1001", "1002", "1003" ], "createdAt" : "2022-12-07T09:00:00.000Z" } } ] } } ]

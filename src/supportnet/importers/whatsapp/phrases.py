"""Sentences with which the app reports events in a chat, by language: data only, no logic.

They are tried on lines that already look like the app's own (no author on Android, an invisible
mark or the chat's own name on iOS), never on ordinary talk: "Paul added salt" is something people
say. `who` is the person who comes or goes, `actor` the one who did it. English and French follow
published samples; the other languages are tolerant and may miss a sentence, which then stays an
unknown system line.
"""

from __future__ import annotations

__all__ = ["CREATED", "GROUP", "JOINED", "LEFT", "NOTICE"]

# Sentences that a chat of two persons may hold as well.
NOTICE: tuple[str, ...] = (
    r"security code .*chang",
    r"changed (?:their|his|her|your) phone number",
    r"changed their number",
    r".+ changed to \+?\d",
    r"(?:disappearing|default) message|message timer",
    r"business (?:account|service)|is a contact|as a business",
    r"blocked this (?:contact|person)",
    r"pinned a message",
    r"code de sécurité .*changé",
    r"a changé de numéro",
    r"messages éphémères",
    r"compte professionnel",
    r"(?:avez )?(?:dé)?bloqué ce contact",
    r"a épinglé un message",
    r"sicherheitsnummer .*geändert",
    r"telefonnummer .*(?:geändert|gewechselt)|hat zu \+?\d.* gewechselt",
    r"selbstlöschende nachrichten",
    r"código de (?:seguridad|segurança)",
    r"cambió su número|cambió de número|mudou .*número",
    r"mensajes temporales|mensagens temporárias",
    r"codice di sicurezza|ha cambiato (?:il suo )?numero|messaggi effimeri",
    r"beveiligingscode|telefoonnummer gewijzigd|zelfverwijderende berichten",
    r"код безопасности|исчезающие сообщения|сменил.* номер",
    r"güvenlik kodu|süreli mesajlar",
    r"セキュリティコード|消えるメッセージ",
    r"安全代码|安全代碼|安全碼|限時訊息|限时消息",
    r"보안 코드",
)

# Sentences that only a group has, without a person who comes or goes.
GROUP: tuple[str, ...] = (
    r"created (?:the |this )?group",
    r"group (?:was )?created",
    r"(?:changed|deleted|removed) (?:the|this) (?:group|subject|icon|description)",
    r"changed (?:the )?group (?:name|icon|description|settings)",
    r"changed the subject|changed the description",
    r"(?:now|no longer) an admin",
    r"group(?:'|’)s (?:icon|description|settings)",
    r"(?:reset|revoked) .*link|(?:this|the) group (?:was|has been|is now)",
    r"(?:a|avez) créé (?:le|ce) groupe",
    r"(?:a|avez) (?:changé|modifié) (?:le sujet|le nom du groupe|le nom de ce groupe)",
    r"(?:changé|modifié|supprimé) (?:l['’]icône|l['’]image|la description|les paramètres)",
    r"(?:désormais|maintenant|plus) admin",
    r"réinitialisé le lien|(?:ce|le) groupe (?:a été|est désormais)",
    r"(?:hat|hast) (?:die|diese) gruppe .*erstellt|gruppe erstellt",
    r"(?:gruppenbild|gruppenbeschreibung|betreff|gruppennamen?|gruppeneinstellungen)",
    r"(?:admin|administrator) (?:der|dieser) gruppe|jetzt ein admin",
    r"(?:creó|creaste) (?:el|este) grupo",
    r"(?:cambió|cambiaste|eliminó) (?:el asunto|el ícono|el icono|la descripción|el nombre)",
    r"(?:criou|criaste) (?:o|este) grupo",
    r"(?:mudou|alterou|apagou) (?:o nome|o assunto|a imagem|a descrição|o ícone)",
    r"(?:ha|hai) creato (?:il|questo) gruppo",
    r"(?:ha|hai) (?:cambiato|modificato) (?:l['’]oggetto|l['’]immagine|la descrizione|il nome)",
    r"(?:heeft|hebt) (?:de |deze )?groep .*(?:gemaakt|aangemaakt)",
    r"(?:onderwerp|groepsafbeelding|groepsomschrijving|groepsnaam) .*(?:gewijzigd|veranderd)",
    r"созда(?:л|ла|ли) группу|(?:изменил|изменила) (?:тему|описание|иконку|название)",
    r"добавил|удалил|вышел|вышла|покинул|присоединил",
    r"grubu (?:oluşturdu|kurdu)|ekledi$|ayrıldı$|çıkardı$|grubun (?:konusunu|adını|simgesini)",
    r"グループ.*作成|追加しました|退出しました|削除しました|参加しました",
    r"(?:建立|创建|創建)了?(?:此|該|本)?(?:群組|群组|這個群組)|(?:加入|新增|添加)了|(?:離開|离开|退出)了|移除了",
    r"그룹.*(?:만들|생성)|추가했습니다|나갔습니다|내보냈습니다|들어왔습니다",
)

# Sentences of GROUP that name a person.
CREATED: tuple[str, ...] = (
    r"(?P<actor>.+?) created (?:the |this )?group.*",
    r"(?P<actor>.+?) a créé (?:le|ce) groupe.*",
    r"(?P<actor>.+?) hat (?:die|diese) Gruppe .*erstellt",
    r"(?P<actor>.+?) creó (?:el|este) grupo.*",
    r"(?P<actor>.+?) criou (?:o|este) grupo.*",
    r"(?P<actor>.+?) ha creato (?:il|questo) gruppo.*",
    r"(?P<actor>.+?) heeft (?:de |deze )?groep .*gemaakt",
)

# Somebody comes in.
JOINED: tuple[str, ...] = (
    r"(?P<who>.+?) (?:was|were) added",
    r"(?P<who>.+?) joined .*(?:link|community|invit).*",
    r"(?P<who>.+?) joined(?: the group)?",
    r"(?P<actor>.+?) added (?P<who>.+)",
    r"(?P<who>.+?) (?:a été ajoutée?|avez été ajoutée?)",
    r"(?P<who>.+?) (?:a|avez) rejoint .*(?:groupe|lien|communauté).*",
    r"(?P<actor>.+?) (?P<who>vous) a ajoutée?",
    r"(?P<actor>.+?) (?:a|avez) ajouté (?P<who>.+)",
    r"(?P<who>.+?) (?:wurde|wurdest) hinzugefügt",
    r"(?P<who>.+?) (?:ist|bist) (?:der Gruppe )?.*Einladungslink.* beigetreten",
    r"(?P<actor>.+?) (?:hat|hast) (?P<who>.+) hinzugefügt",
    r"(?P<who>.+?) se unió .+",
    r"(?P<actor>.+?) (?P<who>te) añadió",
    r"(?P<actor>.+?) añadió a (?P<who>.+)",
    r"(?P<actor>.+?) agregó a (?P<who>.+)",
    r"(?P<who>.+?) entrou (?:no grupo )?.*(?:link|convite).*",
    r"(?P<actor>.+?) adicionou (?P<who>.+)",
    r"(?P<actor>.+?) (?P<who>ti) ha aggiunto",
    r"(?P<actor>.+?) ha aggiunto (?P<who>.+)",
    r"(?P<who>.+?) si è unit[oa] .+",
    r"(?P<actor>.+?) (?:heeft|hebt) (?P<who>.+) toegevoegd",
)

# Somebody goes, or is made to go.
LEFT: tuple[str, ...] = (
    r"(?P<who>.+?) (?:was|were) removed",
    r"(?P<who>.+?) left(?: the group)?",
    r"(?P<actor>.+?) removed (?P<who>.+)",
    r"(?P<who>.+?) (?:a été retirée?|avez été retirée?|a été exclue?)",
    r"(?P<who>.+?) (?:a|avez) quitté(?: le groupe| ce groupe)?",
    r"(?P<actor>.+?) (?P<who>vous) a (?:retirée?|exclue?)",
    r"(?P<actor>.+?) (?:a|avez) (?:retiré|exclu) (?P<who>.+)",
    r"(?P<who>.+?) (?:hat|hast) die Gruppe verlassen",
    r"(?P<who>.+?) (?:wurde|wurdest) entfernt",
    r"(?P<actor>.+?) (?:hat|hast) (?P<who>.+) entfernt",
    r"(?P<who>.+?) salió(?: del grupo)?",
    r"(?P<actor>.+?) (?:eliminó|sacó|quitó) a (?P<who>.+)",
    r"(?P<who>.+?) saiu(?: do grupo)?",
    r"(?P<actor>.+?) removeu (?P<who>.+)",
    r"(?P<who>.+?) (?:ha abbandonato(?: il gruppo)?|è uscit[oa])",
    r"(?P<actor>.+?) ha rimosso (?P<who>.+)",
    r"(?P<who>.+?) (?:heeft|hebt) de groep verlaten",
    r"(?P<who>.+?) is weggegaan",
    r"(?P<actor>.+?) (?:heeft|hebt) (?P<who>.+) verwijderd",
)

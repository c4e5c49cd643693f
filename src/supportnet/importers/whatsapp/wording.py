"""Words that the app itself writes into an exported chat, by language: data only, no logic.

The app translates every placeholder into the language of the exporting phone and nothing in the
file names that language. All comparisons are made without invisible marks, without a final full
stop and in lower case, so each entry stands here once, the way the app prints it.
"""

from __future__ import annotations

__all__ = [
    "CALLS",
    "DELETED",
    "EDITED",
    "ENCRYPTED",
    "FILE_NAMES",
    "LIVE_LOCATION",
    "MISSED_CALLS",
    "MONTH_NOT_FIRST",
    "UNREADABLE",
    "YOU",
]

# A fragment of the notice that opens nearly every chat: it tells the language.
ENCRYPTED: dict[str, tuple[str, ...]] = {
    "en": ("end-to-end encrypt",),
    "fr": ("chiffrés de bout en bout", "chiffrement de bout en bout"),
    "de": ("ende-zu-ende-verschlüssel",),
    "es": ("cifrados de extremo a extremo", "cifrado de extremo a extremo"),
    "pt": (
        "criptografadas de ponta a ponta",
        "criptografia de ponta a ponta",
        "encriptadas ponto a ponto",
    ),
    "it": ("crittografati end-to-end", "crittografia end-to-end"),
    "nl": ("end-to-end versleuteld", "end-to-end encryptie"),
    "ru": ("сквозным шифрованием",),
    "tr": ("uçtan uca şifre",),
    "ja": ("エンドツーエンド暗号化", "エンドツーエンドの暗号化"),
    "zh": ("端到端加密", "端對端加密", "端对端的加密", "端對端的加密"),
    "ko": ("종단간 암호화",),
}

# Languages in which no country writes the month first with digits alone.
MONTH_NOT_FIRST = frozenset({"fr"})

# The stub that stands where an author took a message back.
DELETED: dict[str, tuple[str, ...]] = {
    "en": (
        "This message was deleted",
        "You deleted this message",
        "This message was deleted by admin",
    ),
    "fr": ("Ce message a été supprimé", "Vous avez supprimé ce message"),
    "de": ("Diese Nachricht wurde gelöscht", "Du hast diese Nachricht gelöscht"),
    "es": ("Se eliminó este mensaje", "Este mensaje fue eliminado", "Eliminaste este mensaje"),
    "pt": (
        "Mensagem apagada",
        "Esta mensagem foi apagada",
        "Você apagou esta mensagem",
        "Apagou esta mensagem",
    ),
    "it": ("Questo messaggio è stato eliminato", "Hai eliminato questo messaggio"),
    "nl": (
        "Dit bericht is verwijderd",
        "U hebt dit bericht verwijderd",
        "Je hebt dit bericht verwijderd",
    ),
    "ru": (
        "Данное сообщение удалено",
        "Вы удалили данное сообщение",
        "Вы удалили это сообщение",
    ),
    "tr": ("Bu mesaj silindi", "Bu mesajı sildiniz"),
    "ja": ("このメッセージは削除されました", "このメッセージを削除しました"),
    "zh": (
        "此訊息已刪除",
        "您已刪除此訊息",
        "这条消息已被删除",
        "此消息已删除",
        "您已删除这条消息",
    ),
    "ko": ("이 메시지는 삭제되었습니다", "삭제한 메시지입니다", "이 메시지를 삭제했습니다"),
}

# The suffix of an edited message.
EDITED: dict[str, tuple[str, ...]] = {
    "en": ("<This message was edited>",),
    "fr": ("<Ce message a été modifié>",),
    "de": ("<Diese Nachricht wurde bearbeitet>",),
    "es": ("<Se editó este mensaje>",),
    "pt": ("<Mensagem editada>", "<Esta mensagem foi editada>"),
    "it": ("<Questo messaggio è stato modificato>",),
    "nl": ("<Dit bericht is bewerkt>",),
}

# A call nobody answered: the whole body.
MISSED_CALLS: dict[str, tuple[str, ...]] = {
    "en": (
        "Missed voice call",
        "Missed video call",
        "Missed group voice call",
        "Missed group video call",
    ),
    "fr": (
        "Appel vocal manqué",
        "Appel vidéo manqué",
        "Appel vocal de groupe manqué",
        "Appel vidéo de groupe manqué",
    ),
    "de": ("Verpasster Sprachanruf", "Verpasster Videoanruf"),
    "es": ("Llamada perdida", "Llamada de voz perdida", "Videollamada perdida"),
    "pt": ("Chamada de voz perdida", "Chamada de vídeo perdida", "Videochamada perdida"),
    "it": ("Chiamata vocale persa", "Videochiamata persa"),
    "nl": (
        "Gemist spraakgesprek",
        "Gemist videogesprek",
        "Gemiste spraakoproep",
        "Gemiste video-oproep",
    ),
    "ru": ("Пропущенный аудиозвонок", "Пропущенный видеозвонок"),
    "tr": ("Cevapsız sesli arama", "Cevapsız görüntülü arama"),
    "ja": ("音声通話不在着信", "ビデオ通話不在着信", "不在着信"),
    "zh": ("未接語音通話", "未接语音通话", "未接視像通話", "未接视频通话", "未接視訊通話"),
    "ko": ("부재중 전화", "부재중 영상통화"),
}

# A call that stands in the record with its length or outcome; read only behind an invisible mark.
CALLS: dict[str, tuple[str, ...]] = {
    "en": ("Voice call", "Video call", "Silenced voice call", "Silenced video call", "Group call"),
    "fr": ("Appel vocal", "Appel vidéo", "Appel de groupe"),
    "de": ("Sprachanruf", "Videoanruf", "Gruppenanruf"),
    "es": ("Llamada", "Llamada de voz", "Videollamada"),
    "pt": ("Chamada de voz", "Chamada de vídeo", "Videochamada", "Ligação de voz"),
    "it": ("Chiamata vocale", "Videochiamata"),
    "nl": ("Spraakoproep", "Video-oproep", "Spraakgesprek", "Videogesprek"),
    "ru": ("Аудиозвонок", "Видеозвонок"),
    "tr": ("Sesli arama", "Görüntülü arama"),
    "ja": ("音声通話", "ビデオ通話"),
    "zh": ("語音通話", "语音通话", "視訊通話", "视频通话"),
    "ko": ("음성통화", "영상통화"),
}

LIVE_LOCATION: dict[str, tuple[str, ...]] = {
    "en": ("live location shared",),
    "fr": ("localisation en direct partagée",),
    "de": ("Live-Standort wird geteilt", "Live-Standort geteilt"),
    "es": ("ubicación en tiempo real compartida",),
    "pt": ("localização atual compartilhada",),
    "it": ("posizione attuale condivisa",),
    "nl": ("live locatie gedeeld",),
}

# The app's words in place of a message it could not decrypt or show yet.
UNREADABLE: dict[str, tuple[str, ...]] = {
    "en": ("Waiting for this message. This may take a while",),
    "fr": ("En attente de ce message. Cela peut prendre un certain temps",),
}

# What stands before the chat's name in the name of a file; `{}` is the chat's name.
FILE_NAMES: tuple[str, ...] = (
    "WhatsApp Chat with {}",
    "WhatsApp Chat - {}",
    "Discussion WhatsApp avec {}",
    "WhatsApp Chat mit {}",
    "Chat de WhatsApp con {}",
    "Chat WhatsApp con {}",
    "Conversa do WhatsApp com {}",
    "Conversa no WhatsApp com {}",
    "WhatsApp-chat met {}",
    "Чат WhatsApp с {}",
    "与{}的 WhatsApp 聊天",
)

# The second person, with which the app speaks to the owner of the phone.
YOU: frozenset[str] = frozenset(
    {"you", "vous", "toi", "du", "dich", "tú", "ti", "te", "você", "tu", "je", "jij", "jou", "u"}
)

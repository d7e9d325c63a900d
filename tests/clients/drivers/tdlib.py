"""A person at TDLib, spoken to in lines of JSON: {"do": …} in, {"ok": …} or {"error": …} out.
Run as: python tdlib.py LIBRARY WORK PORT SECRET PFS"""

import json
import sys
import time

sys.path.insert(0, sys.argv[1])
import tdjson  # noqa: E402

WORK, PORT, SECRET, PFS = sys.argv[2], int(sys.argv[3]), sys.argv[4], sys.argv[5] == "pfs"
SECONDS = 20
tdjson.td_execute(json.dumps({"@type": "setLogVerbosityLevel", "new_verbosity_level": 1}).encode())
ME = tdjson.td_create_client_id()
heard, state, seen = [], [None], {}


def send(kind, **fields):
    tdjson.td_send(ME, json.dumps({"@type": kind, **fields}).encode())


def take():
    raw = tdjson.td_receive(0.1)
    if not raw:
        return None
    got = json.loads(raw)
    if got["@type"] == "updateAuthorizationState":
        state[0] = got["authorization_state"]["@type"]
    elif got["@type"] == "updateNewMessage" and not got["message"]["is_outgoing"]:
        heard.append(text(got["message"]))
    elif got["@type"] == "updateMessageSendSucceeded":
        seen[got["old_message_id"]] = got["message"]["id"]
    elif got["@type"] == "updateMessageSendFailed":
        seen[got["old_message_id"]] = got["error"]["message"]
    return got


def until(what):
    end = time.monotonic() + SECONDS
    while time.monotonic() < end:
        found = what(take())
        if found:
            return found
    raise TimeoutError(f"waited in vain, in state {state[0]}")


def ask(kind, **fields):
    extra = f"{kind}{time.monotonic()}"
    send(kind, **fields, **{"@extra": extra})
    got = until(lambda got: got if got and got.get("@extra") == extra else None)
    if got["@type"] == "error":
        raise RuntimeError(f"{got['code']} {got['message']}")
    return got


def text(message):
    return message["content"].get("text", {}).get("text", message["content"]["@type"])


def wait_for(*names):
    until(lambda _: state[0] in names)
    return state[0]


def join(phone, name, code):
    if PFS:
        send("setOption", name="use_pfs", value={"@type": "optionValueBoolean", "value": True})
    open_database()
    if wait_for("authorizationStateWaitPhoneNumber", "authorizationStateReady") == "authorizationStateReady":
        return ask("getMe")["id"]
    ask("setAuthenticationPhoneNumber", phone_number=phone)
    wait_for("authorizationStateWaitCode")
    ask("checkAuthenticationCode", code=code)
    if wait_for("authorizationStateWaitRegistration", "authorizationStateReady") == "authorizationStateWaitRegistration":
        ask("registerUser", first_name=name, last_name="")
        wait_for("authorizationStateReady")
    return ask("getMe")["id"]


def open_database():
    send("setTdlibParameters", use_test_dc=False, database_directory=WORK, files_directory=WORK,
         database_encryption_key="", use_file_database=True, use_chat_info_database=True, use_message_database=True,
         use_secret_chats=True, api_id=1, api_hash="a" * 32, system_language_code="en", device_model="test",
         system_version="1", application_version="1")
    proxy = {"@type": "proxy", "server": "127.0.0.1", "port": PORT, "type": {"@type": "proxyTypeMtproto", "secret": SECRET}}
    send("addProxy", enable=True, proxy=proxy)


def knows(phone, name):
    contact = {"@type": "importedContact", "phone_number": phone, "first_name": name, "last_name": ""}
    return ask("importContacts", contacts=[contact])["user_ids"][0]


def say(to, text):
    chat = ask("createPrivateChat", user_id=to)["id"]
    content = {"@type": "inputMessageText", "text": {"@type": "formattedText", "text": text}}
    message = ask("sendMessage", chat_id=chat, input_message_content=content)["id"]
    return until(lambda _: seen.get(message))


def texts(chat):
    chat = ask("createPrivateChat", user_id=chat)["id"]
    found, last = [], 0
    # A history comes in pieces, the first of them from the local database.
    while page := ask("getChatHistory", chat_id=chat, from_message_id=last, limit=100)["messages"]:
        found += page
        last = page[-1]["id"]
    return [text(message) for message in reversed(found)]


def listen():
    take()
    return heard


def leave():
    send("close")
    wait_for("authorizationStateClosed")
    return True


ACTIONS = {"join": join, "knows": knows, "send": say, "texts": texts, "heard": listen, "leave": leave}

for line in sys.stdin:
    request = json.loads(line)
    action = request.pop("do")
    try:
        answer = {"ok": ACTIONS[action](**request)}
    except Exception as error:  # told to the scenario, which decides
        answer = {"error": f"{type(error).__name__}: {error}"}
    print(json.dumps(answer), flush=True)
    if action == "leave":
        break

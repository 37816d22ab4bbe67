"""A module of the bus in Python.  pip install websockets;  python weather.py ws://127.0.0.1:50000"""
import itertools, json, sys, time
from websockets.sync.client import connect

METHODS = {"weather.now": lambda city: {"city": city, "temperature": 20}}
PARAMETER = {"ParameterName": "city", "ParameterType": "string", "ParameterValidRange": "", "ParameterValidRegExp": ".+"}
REGISTRATION = {
    "Abbreviation": "weather", "ModuleName": "weather", "ModuleDomain": "example", "ModuleVersion": "1.0",
    "ModuleRoles": {"Role_weather": ["1.0"]}, "Dependencies": {},
    "ConnectionInformation": {"IP": "127.0.0.1", "Port": "0"},
    "Methods": [{"MethodName": name, "MethodDescription": "", "MethodScope": "public", "MethodMinEvent": "0",
                 "MethodMinPeriod": "1", "Parameters": [PARAMETER]} for name in METHODS],
}
ids = (f"{int(time.time() * 1000)}-{n}" for n in itertools.count(1))

with connect(sys.argv[1], compression=None) as socket:
    def send(kind, **data):
        socket.send(json.dumps({"MessageID": next(ids), "Timestamp": str(int(time.time() * 1000)), "TimeZone": "0",
                                "MessageType": kind, "MessageData": data}))

    send("NegotiateConnection", ProtocolVersion="0.1", CompressionAlgorithm="zlib", CompressionRate="0")
    for text in socket:
        message = json.loads(text)
        data = message["MessageData"]
        if message["MessageType"] == "NegotiateConnectionResponse":
            send("Request", RequestAck="0", RequestMethods={"RegisterAPI": REGISTRATION})
        elif message["MessageType"] == "Response":
            print("registered" if data["ResponseErrorCode"] == "" else data["ResponseComment"], flush=True)
        elif message["MessageType"] == "Request":
            results = {name: METHODS[name](**(params or {})) for name, params in data["RequestMethods"].items()}
            send("Response", RequestID=message["MessageID"], ResponseProcessingTime="0", ResponseStatus=0,
                 ResponseComment="", ResponseMaxSize="0", ResponseErrorCode="", ResponseData=results)

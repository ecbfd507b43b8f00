"""Language models: their profiles, the vLLM server, fetching, and the client behind the port `ChatModel`.

Names are loaded when used, so that importing the package stays cheap.
"""

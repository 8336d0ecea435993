namespace MultiExit.Soak.Clients;

/// <summary>The server answered, and the answer is no.</summary>
internal sealed class RefusedException(string message) : IOException(message);

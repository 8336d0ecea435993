namespace MultiExit.Soak;

/// <summary>Something came that was not sent. No fault excuses it.</summary>
internal sealed class WrongBytesException(string message) : Exception(message);

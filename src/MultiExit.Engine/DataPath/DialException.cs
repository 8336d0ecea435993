namespace MultiExit.Engine.DataPath;

/// <summary>A server could not be reached through another exit; the message is <see cref="DialResult.Detail"/>.</summary>
internal sealed class DialException(string detail) : IOException(detail);

namespace MultiExit.Engine.Configuration.Values;

/// <summary>What the scheme of an end point URL stands for.</summary>
/// <param name="Type">A type of the native schema; empty where it is refused.</param>
/// <param name="Tls">Whether TLS lies beneath.</param>
/// <param name="Refusal">Why it is known and not spoken, as the rest of a sentence about the URL; null: it is spoken.</param>
/// <param name="DefaultPort">The port of an upstream that names none; 0: it must name one.</param>
internal sealed record UrlScheme(string Type, bool Tls = false, string? Refusal = null, int DefaultPort = 0);

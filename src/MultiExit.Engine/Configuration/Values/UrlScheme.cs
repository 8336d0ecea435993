namespace MultiExit.Engine.Configuration.Values;

/// <summary>What the scheme of an end point URL stands for.</summary>
/// <param name="Type">A type of the native schema.</param>
/// <param name="Tls">Whether TLS lies beneath.</param>
/// <param name="NotYet">The feature it needs that this build lacks; null for none.</param>
/// <param name="DefaultPort">The port of an upstream that names none; 0: it must name one.</param>
internal sealed record UrlScheme(string Type, bool Tls = false, string? NotYet = null, int DefaultPort = 0);

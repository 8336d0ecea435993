using MultiExit.Engine.Configuration.Reading;
using MultiExit.Engine.Configuration.Values;

namespace MultiExit.Engine.Configuration.Dialects;

/// <summary>What the schemes of URLs stand for, and which ones errors name.</summary>
/// <param name="context">Where errors go.</param>
/// <param name="isEchTunnel">Whether the URLs are in the notation of ech-tunnel.</param>
internal sealed class UrlSchemes(ReadContext context, bool isEchTunnel)
{
    /// <summary>The schemes to listen with.</summary>
    public string ForListening => $"{Of(IsInbound, tls: false)}, or one with TLS: {Of(IsInbound, tls: true)}";

    /// <summary>The schemes of upstreams.</summary>
    public string ForForwarding => $"{Of(IsProxy, tls: false)}, {Of(IsProxy, tls: true)} or direct";

    /// <summary>Reads a URL whose scheme is spoken.</summary>
    /// <returns>Null after an error.</returns>
    public EndpointUrl? Parse(string text, SourcePlace place, string expected, out UrlScheme scheme)
    {
        scheme = null!;
        string? problem = EndpointUrl.Parse(text, out EndpointUrl? url);
        if (url is not null && context.Schema.SchemeOf(url, isEchTunnel) is { } known)
        {
            scheme = known;
            if (known.Refusal is null) return url;
            problem = known.Refusal;
        }
        context.Errors.Add(place, $"the URL {problem ?? $"has an unknown scheme; expected {expected}"}");
        return null;
    }

    /// <summary>Whether there is an inbound of the type.</summary>
    public bool IsInbound(string type) => context.Schema.Inbound(type) is not null;

    private bool IsProxy(string type) => type != "direct" && context.Schema.Exit(type) is not null;

    private string Of(Func<string, bool> choice, bool tls) => string.Join(", ", context.Schema.SchemesOf(choice, tls));
}

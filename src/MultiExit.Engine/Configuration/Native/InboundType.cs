using System.Net;
using MultiExit.Engine.Configuration.Auth;
using MultiExit.Engine.Configuration.Inbounds;
using MultiExit.Engine.Configuration.Reading;
using MultiExit.Engine.Configuration.Values;

namespace MultiExit.Engine.Configuration.Native;

/// <summary>A type of inbound as a document names it: a line of the <see cref="ConfigSchema"/>.</summary>
/// <param name="Word">The value of <c>type</c>, the same as <see cref="InboundConfig.Type"/> of the record.</param>
/// <param name="Record">The record that is read.</param>
/// <param name="Read">Reads the keys that only this type has; name and listen address are those of the new record. It returns null when
/// something that the inbound needs is wrong.</param>
internal sealed record InboundType(string Word, Type Record, Func<MapReader, string, IPEndPoint, InboundConfig?> Read)
{
    /// <summary>Whether clients log in with a user's name and password.</summary>
    public bool HasUsers { get; init; }

    /// <summary>Which of the ports with its number it listens on, as its keys say.</summary>
    public Func<MapReader, ForwardNetwork> Ports { get; init; } = _ => ForwardNetwork.Tcp;

    /// <summary>Whether they log in with a token alone.</summary>
    public bool HasTokens { get; init; }

    /// <summary>Whether a back-end can be asked about its clients.</summary>
    public bool CanAsk(AuthConfig auth) => HasUsers || (HasTokens && auth.TakesTokens);

    /// <summary>Whether a colon ends a user's name (RFC 7617 section 2).</summary>
    public bool ColonEndsUser { get; init; }

    /// <summary>The URLs that stand for it, and for an exit with the same word.</summary>
    public IReadOnlyList<UrlNames> Urls { get; init; } = [];
}

using MultiExit.Engine.Identity;
using MultiExit.Engine.Protocols;

namespace MultiExit.Engine.Inbounds.Shadowsocks;

/// <summary>What is kept of a client that sends datagrams. One seals at a time; any thread may dispose of it.</summary>
/// <param name="user">The user that the client is; null where it need not be one.</param>
internal abstract class ShadowsocksAssociation(UserIdentity? user) : IDisposable
{
    /// <summary>The user that the client is; null where it need not be one.</summary>
    public UserIdentity? User { get; } = user;

    /// <summary>The octets that an answer has at most beside its payload.</summary>
    public abstract int Overhead { get; }

    /// <summary>Seals an answer and returns its length; 0: the association has ended.</summary>
    /// <param name="source">Who has sent it.</param>
    /// <param name="payload">The payload.</param>
    /// <param name="target">Room for the payload and <see cref="Overhead"/>.</param>
    public abstract int Seal(Destination source, ReadOnlySpan<byte> payload, Span<byte> target);

    /// <summary>Ends it.</summary>
    public abstract void Dispose();
}

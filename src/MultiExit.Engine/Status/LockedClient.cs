using System.Net;

namespace MultiExit.Engine.Status;

/// <summary>A client that is not served for a while because it sent wrong credentials too often.</summary>
/// <param name="Client">Its IPv4 address, or the first address of its IPv6 /64.</param>
/// <param name="Until">When it is let in again.</param>
public sealed record LockedClient(IPAddress Client, DateTimeOffset Until)
{
    /// <summary>Whether an address is the client's.</summary>
    public bool Covers(IPAddress address)
    {
        ArgumentNullException.ThrowIfNull(address);
        return ClientPrefix.Of(address).Equals(Client);
    }
}

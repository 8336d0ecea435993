using System.Net;
using MultiExit.Engine.Diagnostics;
using MultiExit.Engine.Sessions;
using MultiExit.Engine.Status;

namespace MultiExit.Engine.Inbounds;

/// <summary>Lets UDP associations in, and reports those for which there is no place.</summary>
/// <param name="quota">Counts them.</param>
/// <param name="counters">The server's counters.</param>
/// <param name="log">The log.</param>
internal sealed class UdpAdmission(UdpQuota quota, ServerCounters counters, EngineLog log)
{
    /// <summary>Lets an association in.</summary>
    /// <param name="inbound">The inbound.</param>
    /// <param name="client">The client, which owns it where there is no user.</param>
    /// <param name="user">The user that it is.</param>
    /// <param name="perUser">The most that an owner may have there (key <c>udp_per_user</c>).</param>
    /// <param name="total">The most that the inbound may have (key <c>udp_total</c>).</param>
    /// <returns>Its place; null: it is refused.</returns>
    public UdpSeat? TryEnter(string inbound, IPEndPoint client, string? user, int perUser, int total)
    {
        UdpSeat? seat = quota.TryEnter(inbound, (object?)user ?? ClientPrefix.Of(client.Address), perUser, total);
        if (seat is not null) return seat;
        counters.CountRejected(inbound, RefusalReason.Limit);
        log.LimitReached(inbound, client, $"`udp_per_user` ({perUser}) or `udp_total` ({total}) is reached");
        return null;
    }
}

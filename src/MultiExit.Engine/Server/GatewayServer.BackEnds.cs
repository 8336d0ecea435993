using System.Collections.Frozen;
using System.Globalization;
using System.Net;
using MultiExit.Engine.Configuration;
using MultiExit.Engine.Configuration.Auth;
using MultiExit.Engine.Identity;
using MultiExit.Engine.Sessions;
using MultiExit.Engine.Status;
using MultiExit.Engine.Transport;

namespace MultiExit.Engine.Server;

/// <content>The back-ends that know users.</content>
public sealed partial class GatewayServer
{
    // The names of all users of the configuration in force.
    private volatile FrozenSet<string> _userNames = [];

    private IEnumerable<(AuthConfig Config, BackEndAsks Asks)> BackEnds() =>
        from source in _backEnds.InForce
        let asks = source.Value as BackEndAsks
        where asks is not null
        select (source.Key, asks);

    private IEnumerable<ServerWarning> BackEndsAway()
    {
        foreach ((AuthConfig config, BackEndAsks asks) in BackEnds())
        {
            if (asks.Health.Outage is not { } outage) continue;
            string since = string.Create(CultureInfo.InvariantCulture, $"{outage.Since.UtcDateTime:yyyy-MM-dd HH:mm:ss} UTC");
            yield return new ServerWarning("MX3011",
                $"back-end {config.Name} ({config.Place}) gives no answer since {since}: {outage.Reason}");
        }
    }

    // Straight from this host; a name is looked up as the configuration says.
    private async ValueTask<DuplexStream> ConnectForBackEndAsync(DnsEndPoint server, CancellationToken cancellationToken)
    {
        HappyEyeballs eyeballs = new(_transport, _options.Time, _config.Dns.Prefer);
        if (IPAddress.TryParse(server.Host, out IPAddress? address))
            return await eyeballs.ConnectAsync([address], server.Port, default, cancellationToken).ConfigureAwait(false);
        NameResult names = await _setResolver.ResolveAsync(server.Host, cancellationToken).ConfigureAwait(false);
        if (!names.Succeeded) throw new IOException(names.Failure);
        return await eyeballs.ConnectAsync(names.Addresses, server.Port, default, cancellationToken).ConfigureAwait(false);
    }

    // Against the configuration in force: what a back-end answers may be wrong for it, and a half-right user must not come in.
    private string? ProblemOf(BackEndUser user)
    {
        GatewayConfig config = _config;
        if (_userNames.Contains(user.Name)) return $"the user {user.Name} is one of the configuration";
        if (user.Exit is { } exit && _exits?.TryGet(exit, out _) != true) return $"there is no exit or group {exit}, which it names for {user.Name}";
        return user.Limits?.Quota is not null && config.Limits.UsageFile is null ? "a quota needs `limits.usage_file`" : null;
    }

    // It let somebody in, and does not any more: a password that was changed, or a user that was taken away.
    private void CutCredential(string credential)
    {
        Session[] sessions = [.. _sessions.Live.Where(session => session.Request.Credential == credential && session.AbortReason is null)];
        foreach (Session session in sessions) session.Abort(SessionOutcome.Revoked);
        foreach (IGrouping<string, Session> user in sessions.GroupBy(session => session.Request.User ?? "-", StringComparer.Ordinal))
            _log.UserCut(user.Key, "is not let in by the back-end any more", user.Count());
        // Last: the end of a carrier alone would look as if the client had gone. One that has logged in and not yet asked for anything ends here.
        _connections.AbortOf(credential);
    }
}

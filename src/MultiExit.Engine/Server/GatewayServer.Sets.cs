using System.Net;
using MultiExit.Engine.Configuration;
using MultiExit.Engine.DataPath;
using MultiExit.Engine.Errors;
using MultiExit.Engine.Protocols;
using MultiExit.Engine.Routing.Geo;
using MultiExit.Engine.Routing.RuleSets;
using MultiExit.Engine.Sources;
using MultiExit.Engine.Status;
using MultiExit.Engine.Transport;

namespace MultiExit.Engine.Server;

/// <content>The rule sets.</content>
public sealed partial class GatewayServer
{
    private static readonly TimeSpan SetConnectTimeout = TimeSpan.FromSeconds(15);

    /// <summary>The rule sets in the order of the configuration.</summary>
    public IReadOnlyList<RuleSetStatus> GetRuleSets() => [.. _sets.All.Select(set => set.GetStatus())];

    /// <summary>Looks at the source of a rule set now, and puts in force what it says where that is valid.</summary>
    /// <returns>The set afterwards; its <see cref="RuleSetStatus.Problem"/> says why it is not what its source says.</returns>
    /// <exception cref="ProxyException">There is no such set.</exception>
    public async Task<RuleSetStatus> UpdateRuleSetAsync(string name, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(name);
        return (await _sets.UpdateAsync(name, cancellationToken).ConfigureAwait(false))?.GetStatus()
            ?? throw new ProxyException(ProxyError.InvalidConfiguration, $"there is no rule set named {name}");
    }

    private SourceReports<RuleSetContent> ReportsOfSets() => new(
        (set, content) => _log.RuleSetLoaded(set.Name, content.Domains, content.Networks, content.Keywords),
        (set, reason) => _log.RuleSetFailed(set.Name, reason, set.Version?.Fetched),
        (set, away) => _log.RuleSetBack(set.Name, away),
        "MX1104");

    private static readonly TimeSpan BetweenGeoLooks = TimeSpan.FromSeconds(10);

    private volatile GeoDatabases _geo = GeoDatabases.None;
    private long _geoLooked;
    private int _geoLooking;

    // Off the sweeper's thread: a database may have hundreds of megabytes.
    private void SweepGeo()
    {
        if (!_geo.All.Any() || _options.Time.GetElapsedTime(_geoLooked) < BetweenGeoLooks || Interlocked.Exchange(ref _geoLooking, 1) != 0) return;
        _geoLooked = _options.Time.GetTimestamp();
        _ = Task.Run(() =>
        {
            try
            {
                _geo.Look(_log);
            }
            catch (Exception exception)
            {
                _log.Unexpected("reading a database of addresses", exception);
            }
            finally
            {
                Volatile.Write(ref _geoLooking, 0);
            }
        });
    }

    private IEnumerable<ServerWarning> StaleSets()
    {
        foreach (GeoDatabase database in _geo.All)
        {
            if (database.Problem is { } problem)
            {
                yield return new ServerWarning("MX1108",
                    $"the database of addresses {database.Path} has changed and is not in use, the one before stays: it {problem}");
            }
        }
        foreach (RuleSet set in _sets.All)
        {
            if (set.Fault is not { } fault) continue;
            yield return new ServerWarning("MX1101", $"rule set {set.Config.Name} cannot be had since {Moment(fault.Since)}, " + (set.Version is { } kept
                ? $"what was had at {Moment(kept.Fetched)} stays in force" : "and rules that depend on it do not match") + $": {fault.Reason}");
        }
    }

    // Straight from this host, so that a set can be had whatever the exits do; its name is looked up as the configuration says.
    private async ValueTask<Stream> ConnectForSourceAsync(string? via, DnsEndPoint server, CancellationToken cancellationToken)
    {
        using Deadline deadline = new DeadlinePool(_options.Time).Start(SetConnectTimeout, cancellationToken);
        GatewayConfig config = _config;
        if (via is not null)
        {
            if (_exits is not { } exits || !Destination.TryFromHost(server.Host, server.Port, out Destination? destination))
                throw new IOException("there is no exit yet");
            DialResult dial = await exits.Get(via).DialAsync(destination, new DialContext(), deadline.Token).ConfigureAwait(false);
            return dial.Succeeded ? dial.Connection : throw new IOException(dial.Detail);
        }
        HappyEyeballs eyeballs = new(_transport, _options.Time, config.Dns.Prefer);
        return await eyeballs.ConnectAsync(await AddressesAsync().ConfigureAwait(false), server.Port, default, deadline.Token).ConfigureAwait(false);

        async ValueTask<IReadOnlyList<IPAddress>> AddressesAsync()
        {
            if (IPAddress.TryParse(server.Host, out IPAddress? address)) return [address];
            NameResult names = await _setResolver.ResolveAsync(server.Host, deadline.Token).ConfigureAwait(false);
            return names.Succeeded ? names.Addresses : throw new IOException(names.Failure);
        }
    }
}

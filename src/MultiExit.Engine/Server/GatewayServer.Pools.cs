using System.Net.NetworkInformation;
using MultiExit.Engine.Configuration;
using MultiExit.Engine.Configuration.Exits;
using MultiExit.Engine.Errors;
using MultiExit.Engine.Status;

namespace MultiExit.Engine.Server;

/// <content>Pools of addresses follow the addresses of this host.</content>
public sealed partial class GatewayServer
{
    private static readonly TimeSpan BetweenPools = TimeSpan.FromSeconds(5);

    private volatile GatewayConfig _asked; // before its pools became groups
    private long _poolsLooked;
    private Task _following = Task.CompletedTask;
    private string? _toldOfPools;

    private GatewayConfig Expanded(GatewayConfig config) => AddressPools.Expand(config, _options.System.AddressesOf);

    private void SweepPools()
    {
        if (_options.Time.GetElapsedTime(_poolsLooked) < BetweenPools) return;
        _poolsLooked = _options.Time.GetTimestamp();
        LookForAddresses(_config);
        bool follows = _asked.Exits.OfType<DirectExitConfig>().Any(pool => pool.Addresses.Any(source => source.Interface is not null));
        if (follows && _following.IsCompleted) _following = Task.Run(FollowInterfacesAsync);
    }

    // An address that is not there is passed over until it is. With source NAT, an exit is shut until its rules are there.
    private void LookForAddresses(GatewayConfig config)
    {
        if (config.Snat.Enabled) return;
        foreach (DirectExitConfig exit in config.Exits.OfType<DirectExitConfig>().Where(exit => exit.PoolOf is not null))
            _exitStates.Get(exit.Name).SetupRefusal = SetupChecks.IsOnHost(exit.Address!, _transport) ? null : $"{exit.Address} is not on this host";
    }

    // Never throws. The same configuration with other members of its pools: sessions go on, and states stay with their addresses.
    private async Task FollowInterfacesAsync()
    {
        await _changing.WaitAsync().ConfigureAwait(false);
        try
        {
            if (_state != ServerState.Running) return;
            GatewayConfig now = Expanded(_asked);
            foreach (DirectExitConfig pool in _asked.Exits.OfType<DirectExitConfig>().Where(exit => exit.Addresses.Count > 0))
            {
                string[] before = MembersOf(_config, pool.Name), after = MembersOf(now, pool.Name);
                if (before.SequenceEqual(after, StringComparer.Ordinal)) continue;
                ApplyWithLog(now, await PrepareAsync(now, CancellationToken.None).ConfigureAwait(false));
                _exits!.Open();
                _log.PoolChanged(pool.Name, after.Length, [.. after.Except(before, StringComparer.Ordinal)], [.. before.Except(after, StringComparer.Ordinal)]);
                break; // all pools have what is there now
            }
            _toldOfPools = null;
        }
        catch (Exception exception) when (exception is ProxyException or NetworkInformationException)
        {
            // It is tried again in some seconds, and told once.
            if (_toldOfPools == exception.Message) return;
            _toldOfPools = exception.Message;
            _log.ReloadFailed(_config.Name, $"the addresses of its interfaces have changed: {exception.Message}");
        }
        catch (Exception exception)
        {
            _log.Unexpected("following the addresses of interfaces", exception);
        }
        finally
        {
            _changing.Release();
        }
    }

    private static string[] MembersOf(GatewayConfig config, string pool) =>
        [.. config.Groups.FirstOrDefault(group => group.Name == pool)?.Exits.Order(StringComparer.Ordinal) ?? Enumerable.Empty<string>()];
}

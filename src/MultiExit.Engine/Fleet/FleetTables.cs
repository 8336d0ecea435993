using MultiExit.Engine.Configuration.Settings;
using MultiExit.Engine.Errors;
using MultiExit.Engine.Status;

namespace MultiExit.Engine.Fleet;

/// <summary>The tables of the store of a fleet, for those who set it up.</summary>
public static class FleetTables
{
    /// <summary>Reads their version.</summary>
    /// <param name="config">The fleet.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    /// <exception cref="ProxyException">The store does not answer (<see cref="ProxyError.StoreUnreachable"/>).</exception>
    public static Task<StoreStatus> ReadAsync(FleetConfig config, CancellationToken cancellationToken = default) =>
        UseAsync(config, (schema, token) => schema.ReadAsync(token), FleetTimes.Patience, cancellationToken);

    /// <summary>Checks that they are those of this program, and that the role may do with them what a node does.</summary>
    /// <param name="config">The fleet.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    /// <exception cref="ProxyException">The store does not answer, or the role may not do all of it (<see cref="ProxyError.StoreUnreachable"/>), or they
    /// are older or newer (<see cref="ProxyError.StoreSchema"/>).</exception>
    public static Task<StoreStatus> CheckAsync(FleetConfig config, CancellationToken cancellationToken = default) =>
        UseAsync(config, async (schema, token) =>
        {
            StoreHealth health = await schema.InspectAsync(token).ConfigureAwait(false);
            StoreVersions.Check(health.Version, schema.Needed);
            if (health.Missing.Count == 0) return health.Version;
            throw new ProxyException(ProxyError.StoreUnreachable, $"the store {config.Store}: the role {health.Role} may not do all that a node does; "
                + $"as the owner of the tables: {string.Join(' ', health.Missing)}");
        }, FleetTimes.Patience, cancellationToken);

    /// <summary>Makes them, or brings them to the version of this program; nothing when they have it. It takes 5 minutes at most.</summary>
    /// <param name="config">The fleet, with a role that may make tables.</param>
    /// <param name="cancellationToken">Ends the wait; nothing has changed then.</param>
    /// <returns>What there was before.</returns>
    /// <exception cref="ProxyException">The store does not answer or refuses it (<see cref="ProxyError.StoreUnreachable"/>), or they are newer
    /// (<see cref="ProxyError.StoreSchema"/>).</exception>
    public static Task<StoreStatus> InitializeAsync(FleetConfig config, CancellationToken cancellationToken = default) =>
        UseAsync(config, (schema, token) => schema.UpdateAsync(token), FleetTimes.Migration, cancellationToken);

    private static async Task<StoreStatus> UseAsync(
        FleetConfig config, Func<IStoreSchema, CancellationToken, Task<int>> use, TimeSpan patience, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(config);
        using CancellationTokenSource ended = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        ended.CancelAfter(patience);
        IFleetStore store = FleetStores.Open(config);
        await using (store.ConfigureAwait(false))
        {
            try
            {
                int version = await use(store.Schema, ended.Token).ConfigureAwait(false);
                return new StoreStatus(config.Store.ToString(), version, store.Schema.Needed);
            }
            catch (OperationCanceledException exception) when (!cancellationToken.IsCancellationRequested)
            {
                throw new ProxyException(ProxyError.StoreUnreachable, $"the store {config.Store}: no answer in time", exception);
            }
        }
    }
}

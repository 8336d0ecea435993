using System.Globalization;
using MultiExit.Engine.Configuration.Settings;
using MultiExit.Engine.Errors;
using MultiExit.Engine.Fleet;
using MultiExit.Engine.Status;

namespace MultiExit.Engine.Preflight.Checks;

/// <summary>The store of the fleet: whether it answers, how soon, whether its tables are those of this program, what the role of the node lacks, and how
/// far its clock is off.</summary>
internal sealed class StoreCheck() : PreflightCheck("store")
{
    // An exchange has several steps, and 4 s.
    private static readonly TimeSpan Slow = TimeSpan.FromMilliseconds(250);

    // Nodes compare no time of their own with one of the store; whoever reads both does.
    private static readonly TimeSpan MostApart = TimeSpan.FromSeconds(10);

    public override async ValueTask<IReadOnlyList<PreflightResult>> LookAsync(PreflightContext context, CancellationToken cancellationToken)
    {
        if (context.Config.Fleet is not { } fleet) return [Skip("the configuration has no fleet")];
        try
        {
            return await AskAsync(context, fleet, cancellationToken).ConfigureAwait(false);
        }
        catch (ProxyException exception)
        {
            return [Fail(exception.Message, "see that the database runs, that its host and port are reached from here, and `fleet.password` and `fleet.ca`; "
                + "the server starts without it and joins its fleet later")];
        }
    }

    private async Task<IReadOnlyList<PreflightResult>> AskAsync(PreflightContext context, FleetConfig fleet, CancellationToken cancellationToken)
    {
        IFleetStore store = context.Store(fleet);
        await using (store.ConfigureAwait(false))
        {
            using CancellationTokenSource ended = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
            ended.CancelAfter(FleetTimes.Question);
            try
            {
                // The first one makes the connection.
                StoreHealth health = await store.Schema.InspectAsync(ended.Token).WaitAsync(ended.Token).ConfigureAwait(false);
                long began = context.Time.GetTimestamp();
                if (health.Missing.Count == 0) await store.Schema.ReadAsync(ended.Token).WaitAsync(ended.Token).ConfigureAwait(false);
                return [.. Judge(fleet, health, store.Schema.Needed, context.Time.GetElapsedTime(began), context.Time.GetUtcNow())];
            }
            catch (OperationCanceledException exception) when (!cancellationToken.IsCancellationRequested)
            {
                throw new ProxyException(ProxyError.StoreUnreachable, $"the store {fleet.Store}: no answer in time", exception);
            }
        }
    }

    private IEnumerable<PreflightResult> Judge(FleetConfig fleet, StoreHealth health, int needed, TimeSpan took, DateTimeOffset now)
    {
        string answers = string.Create(CultureInfo.InvariantCulture, $"{fleet.Store} answers in {took.TotalMilliseconds:0} ms");
        PreflightResult? schema = null;
        try
        {
            StoreVersions.Check(health.Version, needed);
        }
        catch (ProxyException exception)
        {
            schema = Fail(exception.Message, health.Version > needed ? "install the version of the program that the other nodes have"
                : "multiexit store init --config FILE, as a role that may make tables; the server joins its fleet as soon as they are there");
        }
        if (schema is not null) yield return schema;
        else if (took > Slow) yield return Warn(answers, "put the store nearer: what nodes share is late by as much, and a step that takes 4 s has failed");
        else if (health.Missing.Count == 0)
            yield return Ok(string.Create(CultureInfo.InvariantCulture, $"{answers}, its tables have version {health.Version}"));
        foreach (string grant in health.Missing)
            yield return Fail(
                $"the role {health.Role} may not do all that a node does", $"as the owner of the tables: {grant} (docs/fleet.md, Least privileges)");
        TimeSpan apart = now - health.Now;
        if (apart.Duration() > MostApart)
        {
            yield return Warn(string.Create(CultureInfo.InvariantCulture,
                $"the clock of this host is {apart.Duration().TotalSeconds:0} s {(apart > TimeSpan.Zero ? "ahead of" : "behind")} that of the store"),
                "have a time service keep both; records and events of nodes are put in order by their clocks");
        }
    }
}

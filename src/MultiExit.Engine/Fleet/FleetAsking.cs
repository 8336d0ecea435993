using System.Diagnostics.CodeAnalysis;
using MultiExit.Engine.Configuration.Settings;
using MultiExit.Engine.Diagnostics;
using MultiExit.Engine.Errors;
using MultiExit.Engine.Fleet.Nodes;

namespace MultiExit.Engine.Fleet;

/// <summary>Answers operators from the store, one question at a time. Thread-safe.</summary>
/// <param name="config">The fleet.</param>
/// <param name="membership">The membership; only a member asks.</param>
/// <param name="open">Opens the store, or gives the one that is open.</param>
/// <param name="log">The log.</param>
/// <param name="time">The clock.</param>
[SuppressMessage("Design", "CA1001", Justification = "A question may still run when the node ends; the semaphore holds nothing but memory.")]
internal sealed class FleetAsking(FleetConfig config, Membership membership, Func<IFleetStore> open, EngineLog log, TimeProvider time)
{
    private readonly StoreCalls _calls = new();
    private readonly SemaphoreSlim _asking = new(1);

    /// <summary>Asks.</summary>
    /// <exception cref="ProxyException">This server is no member now, or the store does not answer in time.</exception>
    public async Task<T> AskAsync<T>(Func<IFleetStore, FleetMember, CancellationToken, Task<T>> question, CancellationToken cancellationToken)
    {
        T? answer = default;
        if (!await _asking.WaitAsync(FleetTimes.Question, cancellationToken).ConfigureAwait(false))
            throw new ProxyException(ProxyError.StoreUnreachable, $"the store {config.Store} still answers another question");
        try
        {
            FleetMember member = membership.Member ?? throw new ProxyException(ProxyError.StoreUnreachable,
                $"the node {config.Node} of the fleet {config.Name} cannot ask: {membership.Status.Problem ?? "it has not joined yet, or was replaced"}");
            // One that was canceled ends in an instant, and is no failure of the next one.
            await _calls.SettleAsync(FleetTimes.Patience).ConfigureAwait(false);
            Exception? failure = await _calls.TryAsync(
                async token => answer = await question(open(), member, token).ConfigureAwait(false), FleetTimes.Question, time, cancellationToken)
                .ConfigureAwait(false);
            if (failure is not null)
            {
                FleetProblem.LogUnexpected(log, failure);
                throw failure as ProxyException
                    ?? new ProxyException(ProxyError.StoreUnreachable, $"the store {config.Store}: {FleetProblem.Describe(failure)}");
            }
        }
        finally
        {
            _asking.Release();
        }
        return answer!;
    }
}

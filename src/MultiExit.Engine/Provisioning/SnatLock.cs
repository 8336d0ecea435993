using MultiExit.Engine.Configuration.Values;
using MultiExit.Engine.Errors;
using MultiExit.Engine.Transport;

namespace MultiExit.Engine.Provisioning;

/// <summary>Held by whoever changes the set-up, so that two at a time do not see each other's half-made one. It is the name of an abstract Unix
/// socket: one for each network namespace, as the firewall is, and gone with the process that held it.</summary>
internal static class SnatLock
{
    /// <summary>The name, as <c>ss -xl</c> shows it.</summary>
    public const string SystemName = "@multiexit-snat";

    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);
    private static readonly TimeSpan LookEvery = TimeSpan.FromMilliseconds(50);

    /// <summary>Waits until nobody else changes anything.</summary>
    /// <param name="name">The name.</param>
    /// <param name="time">The clock.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    /// <returns>What ends it.</returns>
    /// <exception cref="ProxyException">Somebody else has been at it for 30 s.</exception>
    public static async Task<IDisposable> TakeAsync(string name, TimeProvider time, CancellationToken cancellationToken)
    {
        long began = time.GetTimestamp();
        while (true)
        {
            if (UnixSocket.TryHold(name[1..]) is { } held) return held;
            if (time.GetElapsedTime(began) >= Patience)
            {
                throw new ProxyException(ProxyError.Provisioning,
                    $"another process has been changing the set-up for {DurationText.Seconds(Patience)} (`ss -xlp | grep {name}` names it); nothing has changed; try again when it has ended");
            }
            await Task.Delay(LookEvery, time, cancellationToken).ConfigureAwait(false);
        }
    }
}

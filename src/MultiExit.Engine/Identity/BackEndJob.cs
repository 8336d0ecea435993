using System.Net;

namespace MultiExit.Engine.Identity;

/// <summary>A login that waits for the answer of a back-end.</summary>
/// <param name="question">The login; its secret is the job's own copy.</param>
/// <param name="key">The keyed hash of it.</param>
/// <param name="secret">That copy.</param>
/// <param name="client">Whose turn it takes.</param>
/// <param name="since">When it came (<see cref="TimeProvider.GetTimestamp"/>).</param>
internal sealed class BackEndJob(BackEndQuestion question, string key, byte[] secret, IPAddress client, long since)
    : QueuedLogin<BackEndAnswer>(key, secret, client, since)
{
    public BackEndQuestion Question => question with { Secret = Secret };
}

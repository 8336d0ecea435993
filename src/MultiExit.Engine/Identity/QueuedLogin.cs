using System.Net;
using System.Security.Cryptography;

namespace MultiExit.Engine.Identity;

/// <summary>A login that waits for its turn, with all those that try the same at the same time.</summary>
/// <param name="key">The keyed hash of what is tried.</param>
/// <param name="secret">The password or token; the job's own copy.</param>
/// <param name="client">Whose turn it takes.</param>
/// <param name="since">When it came (<see cref="TimeProvider.GetTimestamp"/>).</param>
/// <typeparam name="TAnswer">What comes of it.</typeparam>
internal abstract class QueuedLogin<TAnswer>(string key, byte[] secret, IPAddress client, long since)
{
    private readonly TaskCompletionSource<TAnswer> _answer = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public string Key => key;

    public byte[] Secret => secret;

    public IPAddress Client => client;

    public long Since => since;

    /// <summary>How many logins wait for it.</summary>
    public int Waiting { get; set; } = 1;

    public Task<TAnswer> Answer => _answer.Task;

    /// <summary>Clears its copy of the secret.</summary>
    public void Forget() => CryptographicOperations.ZeroMemory(secret);

    /// <summary>Answers it. Its copy of the secret is cleared, however it came to an end.</summary>
    public void End(TAnswer answer)
    {
        Forget();
        _answer.TrySetResult(answer);
    }

    /// <summary>Fails it; the same holds for its copy.</summary>
    public void End(Exception fault)
    {
        Forget();
        _answer.TrySetException(fault);
        _ = _answer.Task.Exception; // nobody may be left who waits for it
    }
}

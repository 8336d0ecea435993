using System.Net;
using MultiExit.Engine.Hashing;

namespace MultiExit.Engine.Identity;

/// <summary>A login that waits for its hash, with all those that try the same password at the same time.</summary>
/// <param name="hash">The hash of the user.</param>
/// <param name="key">The keyed hash of both.</param>
/// <param name="password">The password; the job's own copy.</param>
/// <param name="client">Whose turn it takes.</param>
/// <param name="since">When it came (<see cref="TimeProvider.GetTimestamp"/>).</param>
internal sealed class LoginJob(PasswordHash hash, string key, byte[] password, IPAddress client, long since)
{
    private readonly TaskCompletionSource<bool> _answer = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public PasswordHash Hash => hash;

    public string Key => key;

    public byte[] Password => password;

    public IPAddress Client => client;

    public long Since => since;

    /// <summary>How many logins wait for it.</summary>
    public int Waiting { get; set; } = 1;

    public Task<bool> Answer => _answer.Task;

    public void End(bool matches) => _answer.TrySetResult(matches);

    public void End(Exception fault)
    {
        _answer.TrySetException(fault);
        _ = _answer.Task.Exception; // nobody may be left who waits for it
    }
}

using System.Net;
using System.Security.Cryptography;

namespace MultiExit.Engine.Identity;

/// <summary>The logins that wait, by client: each client has a line, and the lines take turns. Not thread-safe.</summary>
internal sealed class LoginQueue
{
    /// <summary>How many logins may wait in all.</summary>
    public const int MaxJobs = 256;

    /// <summary>How many logins of one client may wait.</summary>
    public const int MaxOfClient = 32;

    // How many may wait for the answer of one job: it costs each a connection, and nothing here.
    private const int MaxOfJob = 1024;

    private readonly Dictionary<IPAddress, LinkedList<LoginJob>> _lines = [];
    private readonly Queue<IPAddress> _turns = new();
    private readonly Dictionary<string, LoginJob> _jobs = new(StringComparer.Ordinal); // with the one that is being computed

    /// <summary>How many jobs wait.</summary>
    public int Count { get; private set; }

    /// <summary>Adds a job. Where all places are taken, the client with the longest line gives up its last one, or the new one is not taken.</summary>
    /// <param name="job">The job.</param>
    /// <param name="answer">The task to wait for: that of the same password of the same user, where one waits already.</param>
    /// <returns>The job that has no place; null: all have.</returns>
    public LoginJob? Add(LoginJob job, out Task<bool> answer)
    {
        answer = job.Answer;
        if (_jobs.TryGetValue(job.Key, out LoginJob? same) && same.Waiting < MaxOfJob)
        {
            same.Waiting++;
            answer = same.Answer;
            CryptographicOperations.ZeroMemory(job.Password);
            return null;
        }
        int own = _lines.GetValueOrDefault(job.Client)?.Count ?? 0;
        LoginJob? left = null;
        if (same is not null || own >= MaxOfClient) return job;
        if (Count >= MaxJobs)
        {
            LinkedList<LoginJob> longest = _lines.Values.MaxBy(line => line.Count)!;
            if (longest.Count <= own + 1) return job;
            left = longest.Last!.Value;
            longest.RemoveLast();
            Count--;
            Done(left);
        }
        if (own == 0)
        {
            _lines[job.Client] = new();
            _turns.Enqueue(job.Client);
        }
        _lines[job.Client].AddLast(job);
        _jobs[job.Key] = job;
        Count++;
        return left;
    }

    /// <summary>Takes the first job of the client whose turn it is; the client is last then.</summary>
    /// <returns>Null when none waits.</returns>
    public LoginJob? Take()
    {
        if (!_turns.TryDequeue(out IPAddress? client)) return null;
        LinkedList<LoginJob> line = _lines[client];
        LoginJob job = line.First!.Value;
        line.RemoveFirst();
        Count--;
        if (line.Count > 0) _turns.Enqueue(client);
        else _lines.Remove(client);
        return job;
    }

    /// <summary>A job is over: who tries the same password now has a job of its own.</summary>
    public void Done(LoginJob job) => _jobs.Remove(job.Key);
}

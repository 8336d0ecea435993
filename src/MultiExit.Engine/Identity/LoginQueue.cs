using System.Net;

namespace MultiExit.Engine.Identity;

/// <summary>The logins that wait, by client: each client has a line, and the lines take turns. Not thread-safe.</summary>
/// <typeparam name="TJob">A login.</typeparam>
/// <typeparam name="TAnswer">What comes of it.</typeparam>
internal sealed class LoginQueue<TJob, TAnswer>
    where TJob : QueuedLogin<TAnswer>
{
    private readonly Dictionary<IPAddress, LinkedList<TJob>> _lines = [];
    private readonly Queue<IPAddress> _turns = new();
    private readonly Dictionary<string, TJob> _jobs = new(StringComparer.Ordinal); // with those under way

    /// <summary>How many jobs wait.</summary>
    public int Count { get; private set; }

    /// <summary>Adds a job. Where all places are taken, the client with the longest line gives up its last one, or the new one is not taken.</summary>
    /// <param name="job">The job.</param>
    /// <param name="answer">The task to wait for: that of the same password of the same user, where one waits already.</param>
    /// <returns>The job that has no place; null: all have.</returns>
    public TJob? Add(TJob job, out Task<TAnswer> answer)
    {
        answer = job.Answer;
        if (_jobs.TryGetValue(job.Key, out TJob? same) && same.Waiting < LoginPlaces.OfJob)
        {
            same.Waiting++;
            answer = same.Answer;
            job.Forget();
            return null;
        }
        int own = _lines.GetValueOrDefault(job.Client)?.Count ?? 0;
        TJob? left = null;
        if (same is not null || own >= LoginPlaces.OfClient) return job;
        if (Count >= LoginPlaces.All)
        {
            LinkedList<TJob> longest = _lines.Values.MaxBy(line => line.Count)!;
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
    public TJob? Take()
    {
        if (!_turns.TryDequeue(out IPAddress? client)) return null;
        LinkedList<TJob> line = _lines[client];
        TJob job = line.First!.Value;
        line.RemoveFirst();
        Count--;
        if (line.Count > 0) _turns.Enqueue(client);
        else _lines.Remove(client);
        return job;
    }

    /// <summary>A job is over: who tries the same password now has a job of its own.</summary>
    public void Done(TJob job) => _jobs.Remove(job.Key);
}

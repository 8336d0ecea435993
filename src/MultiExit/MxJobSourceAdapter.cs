using System.Collections.Concurrent;
using System.Management.Automation;

namespace MultiExit;

/// <summary>Where Get-Job, Remove-Job and their like find the jobs of this module. PowerShell registers it with the import.</summary>
public sealed class MxJobSourceAdapter : JobSourceAdapter
{
    private static readonly ConcurrentDictionary<Guid, Job2> Known = new();

    /// <summary>Made by PowerShell.</summary>
    public MxJobSourceAdapter() => Name = nameof(MxJobSourceAdapter);

    internal static void Add(MxJob job) => Known[job.InstanceId] = job;

    /// <inheritdoc/>
    public override Job2 NewJob(JobInvocationInfo specification) =>
        throw new PSNotSupportedException("a job of MultiExit is started by -AsJob of its cmdlets");

    /// <inheritdoc/>
    public override IList<Job2> GetJobs() => Find(_ => true);

    /// <inheritdoc/>
    public override IList<Job2> GetJobsByName(string name, bool recurse) => Find(job => Is(job.Name, name));

    /// <inheritdoc/>
    public override IList<Job2> GetJobsByCommand(string command, bool recurse) => Find(job => Is(job.Command, command));

    /// <inheritdoc/>
    public override IList<Job2> GetJobsByState(JobState state, bool recurse) => Find(job => job.JobStateInfo.State == state);

    /// <inheritdoc/>
    public override IList<Job2> GetJobsByFilter(Dictionary<string, object> filter, bool recurse) =>
        Find(job => filter.All(pair => Is(PSObject.AsPSObject(job).Properties[pair.Key]?.Value?.ToString() ?? "", pair.Value?.ToString() ?? "")));

    /// <inheritdoc/>
    public override Job2 GetJobByInstanceId(Guid instanceId, bool recurse) => Known.GetValueOrDefault(instanceId)!;

    /// <inheritdoc/>
    public override Job2 GetJobBySessionId(int id, bool recurse) => Known.Values.FirstOrDefault(job => job.Id == id)!;

    /// <inheritdoc/>
    public override void RemoveJob(Job2 job)
    {
        ArgumentNullException.ThrowIfNull(job);
        if (Known.TryRemove(job.InstanceId, out _)) job.StopJob();
    }

    private static List<Job2> Find(Func<Job2, bool> wanted) => [.. Known.Values.Where(wanted).OrderBy(job => job.Id)];

    private static bool Is(string value, string pattern) => new WildcardPattern(pattern, WildcardOptions.IgnoreCase).IsMatch(value);
}

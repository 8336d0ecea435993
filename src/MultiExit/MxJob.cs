using System.Collections;
using System.Management.Automation;
using System.Management.Automation.Runspaces;

namespace MultiExit;

/// <summary>A cmdlet of this module that runs as a job: in a runspace of its own in this process, so that it sees the servers of the session. What it
/// writes comes out of Receive-Job as it was written; Stop-Job ends it as Ctrl+C would.</summary>
internal sealed class MxJob : Job2
{
    private readonly string _command;
    private readonly IDictionary _parameters;
    private readonly string? _module;
    private readonly string _location;
    private readonly PowerShell _shell = PowerShell.Create();
    private readonly Lock _lock = new();
    private bool _isStopping, _isOver;

    /// <param name="command">The cmdlet.</param>
    /// <param name="parameters">Its parameters.</param>
    /// <param name="module">The file of the module; null: the cmdlet is known everywhere.</param>
    /// <param name="location">The folder that relative paths are of.</param>
    public MxJob(string command, IDictionary parameters, string? module, string location) : base(command)
    {
        (_command, _parameters, _module, _location) = (command, parameters, module, location);
        PSJobTypeName = nameof(MxJob);
        PSDataStreams streams = _shell.Streams;
        (streams.Error, streams.Warning, streams.Progress) = (Error, Warning, Progress);
        (streams.Verbose, streams.Debug, streams.Information) = (Verbose, Debug, Information);
    }

    /// <inheritdoc/>
    public override bool HasMoreData => Output.Count > 0 || Error.Count > 0 || Warning.Count > 0 || Progress.Count > 0 || Verbose.Count > 0
        || Debug.Count > 0 || Information.Count > 0;

    /// <inheritdoc/>
    public override string Location => "localhost";

    /// <inheritdoc/>
    public override string StatusMessage => "";

    /// <inheritdoc/>
    public override void StartJob()
    {
        SetJobState(JobState.Running);
        _ = Task.Run(Run);
    }

    /// <inheritdoc/>
    public override void StartJobAsync()
    {
        StartJob();
        OnStartJobCompleted(new(null, cancelled: false, null));
    }

    /// <inheritdoc/>
    public override void StopJob()
    {
        lock (_lock)
        {
            if (_isStopping || _isOver) return;
            _isStopping = true;
            SetJobState(JobState.Stopping);
            _shell.BeginStop(null, null);
        }
    }

    /// <inheritdoc/>
    public override void StopJob(bool force, string reason) => StopJob();

    /// <inheritdoc/>
    public override void StopJobAsync()
    {
        StopJob();
        OnStopJobCompleted(new(null, cancelled: false, null));
    }

    /// <inheritdoc/>
    public override void StopJobAsync(bool force, string reason) => StopJobAsync();

    /// <inheritdoc/>
    public override void SuspendJob() => throw Unsuspendable();

    /// <inheritdoc/>
    public override void SuspendJob(bool force, string reason) => throw Unsuspendable();

    /// <inheritdoc/>
    public override void SuspendJobAsync() => throw Unsuspendable();

    /// <inheritdoc/>
    public override void SuspendJobAsync(bool force, string reason) => throw Unsuspendable();

    /// <inheritdoc/>
    public override void ResumeJob() => throw Unsuspendable();

    /// <inheritdoc/>
    public override void ResumeJobAsync() => throw Unsuspendable();

    /// <inheritdoc/>
    public override void UnblockJob() => throw Unsuspendable();

    /// <inheritdoc/>
    public override void UnblockJobAsync() => throw Unsuspendable();

    /// <inheritdoc/>
    protected override void Dispose(bool disposing)
    {
        if (disposing) StopJob();
        base.Dispose(disposing);
    }

    private void Run()
    {
        JobState end = JobState.Completed;
        try
        {
            InitialSessionState state = InitialSessionState.CreateDefault2();
            if (_module is not null) state.ImportPSModule([_module]);
            using Runspace runspace = RunspaceFactory.CreateRunspace(state);
            runspace.Open();
            runspace.SessionStateProxy.Path.SetLocation(WildcardPattern.Escape(_location));
            _shell.Runspace = runspace;
            _shell.AddCommand(_command).AddParameters(_parameters);
            lock (_lock)
                if (_isStopping) throw new PipelineStoppedException();
            _shell.Invoke(null, Output);
        }
        catch (PipelineStoppedException)
        {
            end = JobState.Stopped;
        }
        catch (Exception exception)
        {
            // As it would be in the session: the error that ended it.
            if (Error.IsOpen)
                Error.Add((exception as IContainsErrorRecord)?.ErrorRecord ?? new ErrorRecord(exception, "JobFailed", ErrorCategory.NotSpecified, _command));
            end = JobState.Failed;
        }
        lock (_lock) _isOver = true;
        _shell.Dispose();
        SetJobState(_isStopping ? JobState.Stopped : end);
    }

    private static PSNotSupportedException Unsuspendable() => new("a job of MultiExit is started and stopped, and not suspended");
}

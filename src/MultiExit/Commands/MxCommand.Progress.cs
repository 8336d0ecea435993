using System.Management.Automation;

namespace MultiExit.Commands;

/// <content>Progress of what takes long.</content>
public abstract partial class MxCommand
{
    private static readonly TimeSpan ProgressEvery = TimeSpan.FromMilliseconds(250);

    /// <summary>Waits for work, and shows how far it is.</summary>
    /// <param name="work">The work.</param>
    /// <param name="look">Says how far it is, on the thread of the pipeline; null: nothing is to be shown.</param>
    private protected T AwaitShowing<T>(Func<CancellationToken, Task<T>> work, Func<ProgressRecord?> look)
    {
        ProgressRecord? shown = null;
        Task<T> task = work(StopToken);
        try
        {
            while (!((IAsyncResult)task).AsyncWaitHandle.WaitOne(ProgressEvery))
                if (look() is { } record) WriteProgress(shown = record);
        }
        catch
        {
            // The pipeline ends, or what was written ended it: the work does not go on behind it.
            StopProcessing();
            _ = task.ContinueWith(static done => _ = done.Exception, TaskScheduler.Default);
            throw;
        }
        if (shown is not null)
            WriteProgress(new ProgressRecord(shown.ActivityId, shown.Activity, shown.StatusDescription) { RecordType = ProgressRecordType.Completed });
        return Await(_ => task);
    }

    /// <summary>Seconds for <see cref="ProgressRecord.SecondsRemaining"/>.</summary>
    private protected static int SecondsOf(TimeSpan left) => (int)Math.Min(int.MaxValue, Math.Ceiling(Math.Max(0, left.TotalSeconds)));
}

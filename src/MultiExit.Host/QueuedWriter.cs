using System.Collections.Concurrent;
using System.Text;

namespace MultiExit.Host;

/// <summary>Writes on a thread of its own, so that a server never waits for a reader of its output, and does not end with it. Text that finds
/// no place in the queue, or that cannot be written, is lost.</summary>
internal sealed class QueuedWriter : TextWriter
{
    private const int Length = 1000;

    // How long the queued text may take to be written at the end.
    private static readonly TimeSpan Goodbye = TimeSpan.FromSeconds(1);

    private readonly BlockingCollection<string> _queue = new(Length);
    private readonly TextWriter _target;
    private readonly Thread _thread;

    public QueuedWriter(TextWriter target)
    {
        _target = target;
        _thread = new Thread(Pump) { IsBackground = true, Name = "output" };
        _thread.Start();
    }

    public override Encoding Encoding => _target.Encoding;

    public override void Write(char value) => Write(value.ToString());

    public override void Write(char[] buffer, int index, int count) => Write(new string(buffer, index, count));

    public override void Write(string? value)
    {
        if (value is not null && !_queue.IsAddingCompleted) _queue.TryAdd(value);
    }

    public override void WriteLine(string? value) => Write(value + NewLine);

    public override Task WriteLineAsync(string? value)
    {
        WriteLine(value);
        return Task.CompletedTask;
    }

    protected override void Dispose(bool disposing)
    {
        if (disposing && !_queue.IsAddingCompleted)
        {
            _queue.CompleteAdding();
            _thread.Join(Goodbye);
        }
        base.Dispose(disposing);
    }

    private void Pump()
    {
        foreach (string text in _queue.GetConsumingEnumerable())
        {
            try
            {
                _target.Write(text);
                _target.Flush();
            }
            catch (Exception exception) when (exception is IOException or ObjectDisposedException or UnauthorizedAccessException)
            {
                // No reader is left for that either.
            }
        }
    }
}

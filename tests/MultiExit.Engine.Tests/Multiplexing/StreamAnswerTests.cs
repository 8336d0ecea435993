using MultiExit.Engine.Multiplexing;
using MultiExit.Engine.Tests.Support;

namespace MultiExit.Engine.Tests.Multiplexing;

public sealed class StreamAnswerTests
{
    [Fact]
    public async Task An_answer_that_comes_behind_a_failure_does_not_count()
    {
        // The waiter hears of a failure on another thread, which may be later than the answer.
        for (int i = 0; i < 1000; i++)
        {
            StreamAnswer<int> answer = new();
            answer.Fail(new IOException("over"));
            answer.Give(1);
            IOException failure = await Assert.ThrowsAnyAsync<IOException>(() => answer.Task.WaitAsync(TestTransports.Patience));
            Assert.Equal("over", failure.Message);
        }
    }

    [Fact]
    public void The_waiter_of_an_answer_goes_on_in_the_call_that_gives_it()
    {
        StreamAnswer<int> answer = new();
        int heard = 0;
        _ = answer.Task.ContinueWith(task => heard = task.Result, CancellationToken.None, TaskContinuationOptions.ExecuteSynchronously, TaskScheduler.Default);
        answer.Give(7);
        answer.Fail(new IOException("late"));
        Assert.Equal(7, heard);
    }
}

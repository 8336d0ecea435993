using MultiExit.Engine.Sessions;

namespace MultiExit.Engine.Tests.Sessions;

public sealed class SessionKeysTests
{
    [Fact]
    public void A_key_is_hashed_alike_each_time_and_does_not_show_itself()
    {
        SessionKeys keys = new();
        string shown = keys.Show("customer-17")!;
        Assert.Matches("^[0-9a-f]{16}$", shown);
        Assert.Equal(shown, new SessionKeys().Show("customer-17"));
        Assert.NotEqual(shown, keys.Show("customer-18"));
        Assert.Null(keys.Show(null));
    }

    [Fact]
    public void A_key_is_shown_as_it_was_sent_where_the_configuration_says_so() =>
        Assert.Equal("customer-17", new SessionKeys { IsPlain = true }.Show("customer-17"));
}

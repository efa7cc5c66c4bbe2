import { Domain } from "@web/core/domain";
import { deserializeDate, serializeDate } from "@web/core/l10n/dates";
import { registry } from "@web/core/registry";
import { calendarView } from "@web/views/calendar/calendar_view";
import { CalendarModel } from "@web/views/calendar/calendar_model";

const { DateTime } = luxon;

/** Opens where the first of what is to come is: in November, a year may be empty. */
export class UpcomingCalendarModel extends CalendarModel {
    async load(params = {}) {
        if (!this.meta.date && !params.date && !params.context?.initial_date) {
            params = { ...params, date: await this.findFirst(params.domain || []) };
        }
        return super.load(params);
    }

    /** @returns {Promise<DateTime>} the first day from today on, or today */
    async findFirst(domain) {
        const today = DateTime.local().startOf("day");
        const start = this.meta.fieldMapping.date_start;
        const [first] = await this.orm.searchRead(
            this.meta.resModel,
            Domain.and([domain, [[start, ">=", serializeDate(today)]]]).toList(),
            [start],
            { limit: 1, order: start },
        );
        return first ? deserializeDate(first[start]) : today;
    }
}

registry.category("views").add("pso_upcoming_calendar", {
    ...calendarView,
    Model: UpcomingCalendarModel,
});

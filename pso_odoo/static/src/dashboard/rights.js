/**
 * @param {Object} data of the dashboard
 * @returns {boolean} whether the user keeps records that checks are about
 */
export function keepsRecords({ can }) {
    return can.hr || can.purchase || can.manager;
}
